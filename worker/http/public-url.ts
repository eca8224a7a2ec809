/** The part of Hono's request that is used here. */
interface RequestWithHeaders {
  readonly url: string;
  header(name: string): string | undefined;
}

/**
 * The address of a request as its client wrote it. A proxy that ends TLS sends requests on as `http` and names
 * the scheme of the client in a header.
 */
export function publicUrl(request: RequestWithHeaders): URL {
  const url = new URL(request.url);
  const scheme =
    request.header('x-forwarded-proto')?.split(',')[0]?.trim() ??
    /\bproto="?(\w+)/i.exec(request.header('forwarded') ?? '')?.[1];
  if (scheme?.toLowerCase() === 'https') url.protocol = 'https:';
  return url;
}
