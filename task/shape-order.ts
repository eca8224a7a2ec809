/**
 * The 216 shape names in the order of the vocabulary: the output of `computeShapeOrder()`, stored
 * because computing it takes longer than a worker may take to start. Do not edit by hand.
 */
export const SHAPE_ORDER: readonly string[] = `
  disc stencil-castle striped-trefoil aitch quartered-heart ringed-molar crescent zed hollow-bell
  pennant wave stencil-propeller stairs right-wave split-eye flash quartered-wedge right-chevron
  down-corner right-crescent left-crescent left-chevron horseshoe trident vee triangle
  stencil-trefoil eff framed-em hook right-tee hammer anvil stencil-pennant hollow-pinwheel tap
  hollow-shield stencil-stairs left-tee hollow-peanut stencil-corner ess right-bolt quartered-plus
  stencil-horseshoe stencil-capsule stencil-hourglass hollow-wedge split-saltire tick chevron
  striped-heart hollow-star hollow-leaf heart stencil-crescent pierced-kite stencil-wave crown
  hourglass ringed-crescent pierced-gear molar propeller hollow-trefoil right-triangle down-tee
  left-triangle stencil-molar hollow-dome wedge quartered-sunburst down-chevron corner hollow-drop
  stencil-tick stencil-disc down-arrow clover split-house stencil-eff hollow-saltire
  stencil-trident stencil-ess striped-wedge left-muncher stencil-hook muncher right-muncher
  right-heart slant stencil-tap mushroom hollow-plus castle stencil-clover cloud wye right-arrow
  left-arrow striped-plus quartered-leaf bolt bowtie down-wedge left-heart left-wedge down-heart
  striped-kite pierced-egg stencil-crown split-shield quartered-bell arrow hollow-blossom
  left-mushroom stencil-bolt down-mushroom right-mushroom right-dome left-dome plus stencil-bowtie
  down-muncher right-corner stencil-vee stencil-drop hollow-disc goblet pierced-bucket
  hollow-sunburst quartered-arrow stencil-flash down-triangle stencil-zed boat down-crescent
  right-horseshoe down-horseshoe left-horseshoe stencil-heart hollow-house down-dome
  stencil-hammer stencil-anvil split-gear hollow-slant stencil-chevron split-drop striped-saltire
  bell ringed-em split-plus split-blossom striped-drop dome quartered-disc peanut
  quartered-trefoil framed-gable cactus hollow-arrow tee stencil-muncher star framed-crescent
  hollow-eye hollow-heart stencil-wedge framed-tap quartered-capsule stencil-pinwheel
  quartered-pinwheel framed-vee hollow-bucket hollow-gear pine pierced-shield pierced-hexagram
  split-kite plank pinwheel ringed-girder bottle stencil-blossom ringed-plank en right-wedge
  trefoil stencil-leaf framed-bolt square stencil-mushroom ringed-bottle stencil-bell
  striped-pinwheel left-corner striped-blossom house ringed-pennant ringed-propeller ringed-stairs
  diamond quartered-gear comb hollow-triangle split-wedge stencil-cloud split-disc sparkle
  framed-zed quartered-star girder split-leaf stencil-aitch pentagon
`
  .trim()
  .split(/\s+/);
