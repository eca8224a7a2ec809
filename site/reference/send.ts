/** Most characters of an answer that are shown. */
const MAX_SHOWN = 20_000;

/** Sends the request of a form, and shows it as a command and its answer. */
export async function sendForm(form: HTMLFormElement): Promise<void> {
  const output = form.querySelector('.answer');
  if (!output) return;
  const { url, init, command } = requestOf(form);
  output.replaceChildren(code(command), text('p', 'Sending…'));
  const start = performance.now();
  try {
    const response = await fetch(url, init);
    const shown = await answerOf(response);
    const milliseconds = Math.round(performance.now() - start);
    const status = text('p', `${response.status} ${response.statusText}, ${milliseconds} ms`);
    output.replaceChildren(code(command), status, shown);
  } catch {
    output.replaceChildren(code(command), text('p', 'The server does not answer.'));
  }
}

function requestOf(form: HTMLFormElement): { url: URL; init: RequestInit; command: string } {
  const method = form.dataset['method'] ?? 'GET';
  let path = form.dataset['path'] ?? '/';
  const search = new URLSearchParams();
  const headers = new Headers();
  let body: string | undefined;
  for (const [field, value] of new FormData(form)) {
    if (typeof value !== 'string' || value === '') continue;
    const [place, name = ''] = field.split(/:(.*)/);
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (place === 'query') search.set(name, value);
    else if (place === 'header') headers.set(name, value);
    else if (place === 'token') headers.set('authorization', `Bearer ${value}`);
    else body = value;
  }
  if (body !== undefined) headers.set('content-type', 'application/json');
  const url = new URL(path, location.origin);
  url.search = search.toString().replaceAll('%2C', ',');
  const options = [
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...Array.from(headers, ([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-d ${quote(body)}`]),
  ];
  const command = ['curl', ...options, quote(url.href)].join(' ');
  return { url, init: { method, headers, ...(body !== undefined && { body }) }, command };
}

const quote = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;

async function answerOf(response: Response): Promise<HTMLElement> {
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('image/')) {
    const image = document.createElement('img');
    image.src = response.url;
    image.alt = 'The answer as a picture';
    return image;
  }
  if (!/json|text|xml/.test(type)) {
    const size = (await response.arrayBuffer()).byteLength;
    return text('p', `${size} bytes of ${type || 'no type'}`);
  }
  const answer = await response.text();
  const pretty = type.includes('json') ? indented(answer) : answer;
  return code(pretty.length > MAX_SHOWN ? `${pretty.slice(0, MAX_SHOWN)}…` : pretty);
}

/** JSON on several lines; text as it is. */
function indented(answer: string): string {
  try {
    return JSON.stringify(JSON.parse(answer), null, 2);
  } catch {
    return answer;
  }
}

function text(tag: string, content: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}

function code(content: string): HTMLElement {
  const pre = document.createElement('pre');
  pre.tabIndex = 0;
  pre.append(text('code', content));
  return pre;
}
