/** Words for things that people own; none is also a word for a colour or a shape. The first 32 are the task's items. */
import { ITEMS } from '../items.ts';

const MORE = `
  table chair book phone lamp key cup plate spoon fork knife bowl glove scarf hat coat shoe sock
  shirt belt watch necklace purse suitcase backpack blanket towel soap brush razor toothbrush
  mop broom vacuum stove oven fridge toaster blender pan pot lid tray jar box crate barrel rope
  chain wire nail screw wrench drill saw axe shovel rake hose wheel tire pedal helmet skateboard
  sled ski racket bat ball puck dice card puzzle doll robot piano flute trumpet trombone cello
  harp banjo accordion harmonica tambourine radio television camera laptop keyboard printer
  tablet charger battery cable speaker microphone headphones remote calculator ruler eraser
  stapler scissors tape glue paper envelope stamp postcard magazine newspaper map globe calendar
  clock alarm bench sofa couch desk shelf cabinet drawer wardrobe mattress curtain carpet rug
  vase statue painting frame poster fan heater faucet sink bathtub shower toilet sponge
  detergent bleach matchbox lighter cigar pipe ashtray mug glass pitcher thermos cork napkin
  apron mitten boot sandal slipper sweater dress skirt jeans pajamas uniform tie cufflink button
  thread yarn pin buckle lace perfume lipstick bandage pill syringe thermometer stethoscope
  crutch wheelchair stretcher telescope microscope magnet lens tripod drone rifle arrowhead
  sword dagger spear armor trophy medal coin ticket passport license receipt coupon candy cookie
  bread cheese sausage sandwich pizza noodle rice soup salad pancake waffle muffin donut pretzel
  popcorn jam syrup sugar salt vinegar ketchup mayonnaise yogurt milk juice soda tea beer cider
`;

export const ITEM_WORDS: readonly string[] = [...ITEMS, ...MORE.trim().split(/\s+/)];
