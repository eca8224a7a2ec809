/** The one function of jStat that is used here; the package brings no types. */
declare module 'jstat' {
  const jStat: {
    readonly studentt: { inv(probability: number, degreesOfFreedom: number): number };
  };
  export default jStat;
}
