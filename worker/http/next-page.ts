/**
 * The address of the next page; null where this page is not full.
 *
 * @param marker the parameter that names the last element of this page
 */
export function nextPage<Marker extends string>(
  path: string,
  request: { readonly limit: number } & {
    readonly [parameter: string]: string | number | undefined;
  },
  page: readonly { readonly id: string }[],
  marker: Marker,
): string | null {
  const last = page.at(-1);
  if (!last || page.length < request.limit) return null;
  const parameters = Object.entries({ ...request, [marker]: last.id }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return `${path}?${new URLSearchParams(parameters).toString()}`;
}
