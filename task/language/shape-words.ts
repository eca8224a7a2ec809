/**
 * Words for shapes that people use: forms first, then silhouettes. The first ones are drawn, by the
 * outline of `task/outlines.ts` that has the word, or the name after the colon; the others are only for text.
 */
const DRAWN = `
  circle:disc square triangle star heart diamond pentagon hexagon arrow crescent plus cloud
  drop leaf flower:blossom house fish crown bell mushroom kite hourglass bowtie eye gear clover egg
  boat hook lightning:bolt castle ghost sun:sunburst shield bucket horseshoe wave goblet anvil cactus
  propeller dumbbell trident pinwheel hammer chevron stairs tooth:molar flag:pennant
`;

const FOR_TEXT = `
  rectangle oval octagon trapezoid ring cube sphere cone cylinder pyramid prism spiral zigzag
  cross ellipse rhombus semicircle arch dome wedge spade club moon planet comet galaxy rainbow
  snowflake flame tree bush vine rose tulip daisy lotus apple cherry pepper onion turtle rabbit
  elephant giraffe lion tiger bear wolf fox deer horse cow pig sheep goat dog cat mouse squirrel
  beaver otter whale dolphin shark octopus crab lobster snail butterfly bee ant spider scorpion
  beetle dragonfly ladybug eagle owl parrot penguin swan duck peacock rooster crow dragon unicorn
  dinosaur snake lizard crocodile frog rocket airplane helicopter balloon train tractor bicycle
  windmill lighthouse tower temple tent volcano mountain island skull hand foot ear nose mouth
  wing tail claw horn antler shell pawprint footprint handprint cobweb cage gate
`;

export interface ShapeWord {
  readonly word: string;
  /** Name of its outline; undefined where pictures cannot draw it. */
  readonly outline?: string;
}

const words = (text: string) => text.trim().split(/\s+/);

export const SHAPE_WORDS: readonly ShapeWord[] = [
  ...words(DRAWN).map((entry) => {
    const [word = entry, outline = word] = entry.split(':');
    return { word, outline };
  }),
  ...words(FOR_TEXT).map((word) => ({ word })),
];
