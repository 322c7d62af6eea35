import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { cleanUp, onCleanUp } from '../testing/http.ts';
import { temporaryFolder } from '../testing/programs.ts';

afterEach(cleanUp);

const processModule = new URL('./process.ts', import.meta.url).href;

/** A service in a process of its own; `start` is the body of what starts it, `say` and `wait` are at its hands. */
async function service(start: string) {
  const dir = temporaryFolder();
  onCleanUp(() => dir.remove());
  const file = join(dir.path, 'main.mjs');
  writeFileSync(
    file,
    `import { runMain } from ${JSON.stringify(processModule)};
    const say = (what) => process.stdout.write(what + '\\n');
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    setInterval(() => undefined, 1000);
    await runMain('test', async () => { ${start} });
    say('up');`,
  );
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  onCleanUp(() => child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const code = once(child, 'close').then(([exit]) => exit as number | null);
  const said = (what: string) => expect.poll(() => text, { timeout: 10_000 }).toContain(what);
  return { child, code, said, text: () => text };
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s drains, and what is drained ends with 0', async (signal) => {
  const { child, code, said } = await service(`return { drain: async () => { say('draining now'); await wait(50); say('let go'); } };`);
  await said('up\n');
  child.kill(signal);
  expect(await code).toBe(0);
  await said('let go');
});

test('a second signal does not wait', async () => {
  const { child, code, said } = await service(`return { drain: () => { say('draining now'); return wait(60_000); } };`);
  await said('up\n');
  child.kill('SIGTERM');
  await said('draining now');
  child.kill('SIGTERM');
  expect(await code).toBe(1);
});

test.each([
  ['a start that fails', `throw new Error('port 8012 is taken');`, 'port 8012 is taken'],
  ['what nobody caught', `setTimeout(() => { throw new Error('a slip'); }, 10); return { drain: async () => undefined };`, 'a slip'],
])('%s ends with 1, and the log says why', async (_, start, why) => {
  const { code, text } = await service(start);
  expect(await code).toBe(1);
  expect(text()).toContain(why);
});

test('a drain that fails ends with 1', async () => {
  const { child, code, said, text } = await service(`return { drain: async () => { throw new Error('still held'); } };`);
  await said('up\n');
  child.kill('SIGTERM');
  expect(await code).toBe(1);
  expect(text()).toContain('still held');
});

test('a promise that nobody waited for is told of, and the service goes on', async () => {
  const { child, said } = await service(
    `setTimeout(() => Promise.reject(new Error('lost')), 10); return { drain: async () => undefined };`,
  );
  await said('lost');
  expect(child.exitCode).toBeNull();
});
