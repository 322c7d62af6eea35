import { connect } from 'node:http2';
import { expect, it } from 'vitest';
import { seeded } from '../seeded.ts';
import { mutatedHttp2, sendHttp2 } from './http2.ts';
import { startTarget } from './server.ts';

it('serves on after mutated HTTP/2, and holds on to nothing', async () => {
  const target = await startTarget();
  for (let batch = 0; batch < 15; batch++) {
    const randoms = Array.from({ length: 20 }, (_, i) => seeded(batch * 20 + i));
    await Promise.all(randoms.map((random) => sendHttp2(target.port, mutatedHttp2(random), random)));
  }
  await expect.poll(target.active, { timeout: 4000 }).toBe(0);
  const session = connect(`http://127.0.0.1:${target.port}`);
  const stream = session.request({ ':path': '/still' });
  let body = '';
  for await (const chunk of stream) body += chunk;
  expect(body).toBe('ok');
  session.destroy();
  // No line of a header became a line of its own upstream.
  for (const path of target.paths) expect(path).not.toMatch(/\s\S+\s/);
  await target.close();
});
