import { connect } from 'node:http2';

/** One GET over HTTP/2 with prior knowledge: the status of the answer. */
export function getH2c(url: URL, headers: Readonly<Record<string, string | string[]>>, timeoutMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const session = connect(url.origin);
    const done = (error: Error | undefined, status = 0) => {
      clearTimeout(timer);
      session.destroy();
      if (error) reject(error);
      else resolve(status);
    };
    const timer = setTimeout(() => done(new Error('no answer in time')), timeoutMs);
    session.on('error', done);
    try {
      const stream = session.request({ ...headers, ':path': `${url.pathname}${url.search}` });
      stream.on('error', done);
      stream.on('response', (answer) => done(undefined, answer[':status']));
      stream.on('close', () => done(new Error('the stream ended without an answer')));
    } catch (error) {
      // A header that HTTP/2 has not.
      done(error as Error);
    }
  });
}
