import { createServer } from 'node:https';
import { writeReview } from '../../packages/webhook/src/admission/review.ts';
import { issue } from '../../packages/webhook/src/certs/issue.ts';

/** The anchor, a process of its own: an HTTPS server that reads a review and allows it. Its port is the argument. */
const { key, cert } = await issue(['localhost', 'localhost'], Date.now());

createServer({ key, cert, minVersion: 'TLSv1.3' }, (req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (c: Buffer) => chunks.push(c));
  req.on('end', () => {
    const text = Buffer.concat(chunks).toString('utf8');
    const { apiVersion, request } = text ? JSON.parse(text) : { apiVersion: '', request: { uid: '' } };
    const body = JSON.stringify(writeReview(apiVersion, request.uid, {}));
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
