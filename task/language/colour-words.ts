/**
 * Colour words that people use, with the sRGB colour that pictures draw. The first 32 are easy to tell
 * apart in a picture. Values: CSS Color 4 where it has the name, else the xkcd colour survey, rounded.
 */
const TABLE = `
  red e00000  blue 0030e0  green 008a1c  yellow ffe000  orange ff8000  purple 7a0fa8  pink ff8fc0
  brown 7a4418  black 000000  white ffffff  cyan 00e0f0  magenta f000d0  lime a0f000  navy 000070
  teal 008080  maroon 800020  olive 808000  gold d4a000  turquoise 40e0d0  lavender c8b0ff
  salmon fa8072  beige e8d8a8  indigo 4b0082  mint 98f0b8  coral ff6040  tan c8a070  mauve a07090
  crimson dc143c  khaki a89c50  azure 3399ff  charcoal 404448  peach ffc090  gray 808080
  silver c0c0c0  violet 8f00ff  plum dda0dd  scarlet be0119  rust a83c09  burgundy 610023
  lilac cea2fd  periwinkle 8e82fe  mustard ceb301  cream ffffc2  apricot ffb16d  amber feb308
  ruby ca0147  emerald 01a049  jade 1fa774  cobalt 1e488f  sapphire 2138ab  cerulean 0485d1
  ochre bf9005  bronze a87900  copper b66325  brick a03623  sand e2ca76  taupe b9a281
  slate 516572  eggplant 380835  grape 6c3461  raspberry b00149  strawberry fb2943  lemon fdff52
  avocado 90b134  pistachio c0fa8b  moss 769958  sage 87ae73  seafoam 80f9ad  fuchsia ff00ff
  aqua 00ffff  ivory fffff0  chocolate d2691e  sienna a0522d  umber b26400  sepia 985e2b
  caramel af6f09  cinnamon ac4f06  coffee a6814c  mocha 9d7651  vanilla f3e5ab  honey ba6c00
  butter ffff81  banana ffff7e  mango ffa62b  tangerine ff9408  pumpkin e17701  carrot ed9121
  tomato ef4026  cranberry 9e003a  wine 80013f  mulberry 920a4e  blueberry 464196
  blackberry 43182f  cornflower 6a79f7  denim 3b638c  steel 738595  ash b2beb5  smoke 848884
  pearl eae0c8  bone e3dac9  linen faf0e6  wheat f5deb3  straw fcf679  hay d2b56f  corn fbec5d
  flax eedc82  ebony 555d50  onyx 353839  graphite 41424c  lead 212121  iron 48494b  pewter 899499
  platinum e5e4e2  nickel 727472  brass b5a642  terracotta ca6641  clay b66a50  adobe bd6c48
  mahogany 4a0100  chestnut 742802  hazel 8e7618  walnut 773f1a  oak 806517  cedar 8b4513
  maple bb9351  fern 63a950  pear cbf85f  celery c1fd95  spinach 065535  jungle 29ab87
  pine 2b5d34  juniper 74918e  eucalyptus 44d7a8  shamrock 02c14d  lagoon 017987  ocean 017b92
  marine 042e60  midnight 03012d  sky 82cafc  ice d6fffa  frost e4f6e7  glacier 80b3c4
  heather a484ac  wisteria a87dc2  amethyst 9b5fc0  iris 6258c4  thistle d8bfd8  hyacinth 8e4585
  peony ec85ac  carnation fd798f  flamingo fc8eac  bubblegum ff6cb5  watermelon fd4659
  grapefruit fd5956  papaya ffefd5  melon ff7855  saffron f4c430  turmeric cca01d  ginger b06500
  paprika 8d0226  sulfur ffff66  canary fdff63
`;

export interface ColourWord {
  readonly word: string;
  /** sRGB bytes, 0..255 each. */
  readonly rgb: readonly [number, number, number];
}

const tokens = TABLE.trim().split(/\s+/);

export const COLOUR_WORDS: readonly ColourWord[] = tokens.flatMap((word, index) => {
  const hex = tokens[index + 1];
  if (index % 2 === 1 || hex === undefined) return [];
  const byte = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  return [{ word, rgb: [byte(0), byte(2), byte(4)] as const }];
});
