import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where the pages of `examples/site` expect a deployment; the server puts another in its place. */
const WRITTEN = 'http://localhost:8787';

const FILES: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/oembed.js': { name: 'oembed.js', type: 'text/javascript; charset=utf-8' },
  '/style.css': { name: 'style.css', type: 'text/css; charset=utf-8' },
};

export interface ExampleSite {
  readonly url: URL;
  stop(): Promise<void>;
}

export interface ExampleOptions {
  /** Origin of a deployment of bindscope. */
  readonly bindscope: string;
  /** 0 takes one that is free. */
  readonly port: number;
  /** What the site may ask of the deployment by itself. */
  readonly connect?: boolean;
}

/** Serves `examples/site`, under a policy that lets in what a deployment offers and nothing else. */
export async function serveExample(options: ExampleOptions): Promise<ExampleSite> {
  const { bindscope, port, connect = true } = options;
  const policy =
    `default-src 'none'; style-src 'self'; script-src 'self' ${bindscope}; img-src ${bindscope}; ` +
    `frame-src ${bindscope}; connect-src ${connect ? bindscope : "'none'"}`;
  const server = createServer((request, response) => {
    const file = FILES[request.url ?? ''];
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    const path = new URL(`../examples/site/${file.name}`, import.meta.url);
    const content = readFileSync(path, 'utf8').replaceAll(WRITTEN, bindscope);
    const headers = { 'content-type': file.type, 'content-security-policy': policy };
    response.writeHead(200, headers).end(content);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return {
    // Another host than that of workers in tests, and so another site.
    url: new URL(`http://localhost:${taken}/`),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
