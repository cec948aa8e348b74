import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { SharedDataMiddleware } from '../../../src/index';
import { folderWith } from '../../support/files';
import { serve } from '../../support/server';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--remote-debugging-pipe',
];

/** Jest does not stop a browser that hangs. */
const MAX_MILLISECONDS = 45_000;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: unknown;
}

/** A tab of Chromium, controlled with the keyboard through the DevTools protocol over a pipe. */
class Tab {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #events: Message[] = [];
  readonly #closed: Promise<never>;
  #session: unknown;
  #callCount = 0;
  #stderr = '';
  #wake: () => void = () => undefined;

  constructor() {
    const home = folderWith();
    this.#child = spawn('chromium', [...FLAGS, `--user-data-dir=${home}`], {
      cwd: home,
      env: { PATH: process.env['PATH'], HOME: home, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      timeout: MAX_MILLISECONDS,
      killSignal: 'SIGKILL',
    });
    this.#closed = new Promise((_resolve, reject) => {
      this.#child.on('error', (error: NodeJS.ErrnoException) => {
        const isMissing = error.code === 'ENOENT';
        reject(isMissing ? new Error('chromium is missing: apt-get install chromium') : error);
      });
      this.#child.on('close', (code) => {
        reject(new Error(`chromium ended with ${String(code)}: ${this.#stderr}`));
      });
    });
    this.#closed.catch(() => undefined);
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    let rest = '';
    this.#pipe(4).on('data', (chunk: Buffer) => {
      const messages = (rest + chunk.toString()).split('\0');
      rest = messages.pop() ?? '';
      for (const message of messages) this.#receive(JSON.parse(message) as Message);
    });
  }

  async open(url: string): Promise<void> {
    if (this.#session === undefined) {
      const { targetId } = await this.#call('Target.createTarget', { url: 'about:blank' });
      this.#session = (await this.#call('Target.attachToTarget', { targetId, flatten: true }))['sessionId'];
      await this.#call('Page.enable');
    }
    await this.#waitForLoad(() => this.#call('Page.navigate', { url }));
  }

  /** Presses Tab until the link has the focus. */
  async tabTo(link: string): Promise<void> {
    const visited: string[] = [];
    for (let press = 0; press < 20; press++) {
      await this.#press({ key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 });
      const focused = await this.evaluate('document.activeElement.textContent');
      if (focused === link) return;
      visited.push(focused);
    }
    throw new Error(`Tab did not reach ${link}, but ${visited.join(', ')}`);
  }

  /** Presses Enter and waits until another page is loaded. The old page may not confirm the key. */
  async enter(): Promise<void> {
    await this.#waitForLoad(() => {
      void this.#press({ key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' }).catch(
        () => undefined,
      );
    });
  }

  /** Evaluates an expression in the page and returns the result as text. */
  async evaluate(expression: string): Promise<string> {
    const { result } = await this.#call('Runtime.evaluate', { expression: `String(${expression})` });
    return String((result as { value: unknown }).value);
  }

  /** Emulates the colour scheme that the user prefers. */
  async preferColorScheme(scheme: 'dark' | 'light'): Promise<void> {
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.#call('Emulation.setEmulatedMedia', { features });
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed.catch(() => undefined);
  }

  async #press(key: Record<string, unknown>): Promise<void> {
    const down = { type: 'text' in key ? 'keyDown' : 'rawKeyDown', ...key };
    const up = { ...key, type: 'keyUp', text: undefined };
    await Promise.all([down, up].map((event) => this.#call('Input.dispatchKeyEvent', event)));
  }

  async #waitForLoad(act: () => unknown): Promise<void> {
    this.#events.length = 0;
    await act();
    while (!this.#events.some(({ method }) => method === 'Page.loadEventFired')) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      await Promise.race([woken, this.#closed]);
    }
  }

  async #call(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++this.#callCount;
    const response = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    this.#pipe(3).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    const { result, error } = await Promise.race([response, this.#closed]);
    if (result === undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  #receive(message: Message): void {
    if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
    else this.#events.push(message);
    this.#wake();
  }

  #pipe(descriptor: 3 | 4): Readable & Writable {
    return this.#child.stdio[descriptor] as Readable & Writable;
  }
}

let tab: Tab;

beforeEach(() => {
  tab = new Tab();
});

afterEach(() => tab.close());

async function listing(folder: string): Promise<string> {
  const shared = new SharedDataMiddleware(null, { '/': folder }, { listing: true });
  return (await serve(shared.listener)).origin;
}

test('a listing is navigable with the keyboard: directory, file and breadcrumb', async () => {
  const origin = await listing(
    folderWith({ 'docs/inner/a b#c?.txt': 'the text', 'docs/b.txt': '', 'z.txt': '' }),
  );
  await tab.open(`${origin}/`);
  await tab.tabTo('docs/');
  await tab.enter();
  expect(await tab.evaluate('location.pathname')).toBe('/docs/');
  await tab.tabTo('inner/');
  await tab.enter();
  await tab.tabTo('a b#c?.txt');
  await tab.enter();
  expect(await tab.evaluate('document.body.textContent')).toBe('the text');
  await tab.open(`${origin}/docs/inner/`);
  await tab.tabTo('docs');
  await tab.enter();
  expect(await tab.evaluate('location.pathname')).toBe('/docs/');
  await tab.tabTo('Home');
  await tab.enter();
  expect(await tab.evaluate('location.pathname')).toBe('/');
});

test('a listing shows markup in names as text, and has a light and a dark style', async () => {
  const name = '<img src=x onerror=document.title=1>';
  const origin = await listing(
    folderWith({ [name]: 'harmless', 'javascript:document.title=1;a.txt': 'harmless too' }),
  );
  await tab.open(`${origin}/`);
  expect(await tab.evaluate('[document.title, document.images.length, document.scripts.length]')).toBe(
    '/,0,0',
  );
  expect(await tab.evaluate('getComputedStyle(document.querySelector("table")).borderCollapse')).toBe(
    'collapse',
  );
  const background = 'getComputedStyle(document.body).backgroundColor';
  await tab.preferColorScheme('light');
  expect(await tab.evaluate(background)).toBe('rgb(255, 255, 255)');
  await tab.preferColorScheme('dark');
  expect(await tab.evaluate(background)).toBe('rgb(22, 22, 22)');
  await tab.tabTo('javascript:document.title=1;a.txt');
  await tab.enter();
  expect(await tab.evaluate('location.pathname')).toBe('/javascript:document.title=1;a.txt');
});
