import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { endHeaders, endStream, frame, getBlock, preface, settings } from '../../packages/gateway/src/testing/frames.ts';

/** What a client without manners does, over and over until the process ends. */
interface Attack {
  name: string;
  title: string;
  /** Of the gateway's two ports, the one it goes to. */
  secure?: boolean;
  start(port: number): void;
}

const host = '127.0.0.1';

/** Keeps so many connections; each is made anew when it ends. */
function keep(connections: number, port: number, use: (socket: Socket) => void): void {
  const open = () => {
    const socket = connect({ port, host, noDelay: true });
    socket.on('error', () => undefined).on('close', () => setTimeout(open, 10));
    socket.on('connect', () => use(socket)).resume();
  };
  for (let i = 0; i < connections; i++) open();
}

/** Writes again whenever the last has gone out, at most `perSecond` times a second. */
function repeat(socket: Socket, perSecond: number, next: () => Buffer | string): void {
  const again = () => {
    if (!socket.writable) return;
    socket.write(next(), () => setTimeout(again, 1000 / perSecond));
  };
  again();
}

const large = `GET / HTTP/1.1\r\nHost: localhost\r\n${`X-Field: ${'x'.repeat(100)}\r\n`.repeat(300)}\r\n`;

/** Each is one process's worth; rates are such that the attacker does not take the machine from those it shares it with. */
export const attacks: readonly Attack[] = [
  {
    name: 'slow_loris',
    title: 'slow-loris, 2000 connections',
    start(port) {
      keep(2000, port, (socket) => {
        socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
        const drip = setInterval(() => socket.write('X-A: b\r\n'), 5000);
        socket.on('close', () => clearInterval(drip));
      });
    },
  },
  { name: 'large_heads', title: 'heads of 32 KiB', start: (port) => keep(5, port, (socket) => socket.write(large)) },
  {
    name: 'unknown_hosts',
    title: 'unknown hosts, 500 a second',
    start: (port) => keep(5, port, (s) => repeat(s, 100, () => `GET / HTTP/1.1\r\nHost: ${Math.random()}.invalid\r\n\r\n`)),
  },
  {
    name: 'rapid_reset',
    title: 'h2 rapid reset, 5000 a second',
    start(port) {
      keep(5, port, (socket) => {
        socket.write(Buffer.concat([preface, settings]));
        let stream = 1;
        repeat(socket, 20, () => {
          const batch: Buffer[] = [];
          for (let i = 0; i < 50; i++, stream += 2) {
            batch.push(frame('headers', endStream | endHeaders, stream, getBlock('localhost')));
            batch.push(frame('resetStream', 0, stream, Buffer.from([0, 0, 0, 8])));
          }
          return Buffer.concat(batch);
        });
      });
    },
  },
  {
    name: 'bad_tls',
    title: 'no TLS at the TLS port',
    secure: true,
    start: (port) => keep(5, port, (socket) => socket.write(`\x16\x03\x01\x02\x00${'\xff'.repeat(600)}`, 'latin1')),
  },
  {
    name: 'unknown_sni',
    title: 'handshakes for unknown names',
    secure: true,
    start(port) {
      const open = () => {
        const socket = connectTls({ port, host, servername: 'unknown.invalid', rejectUnauthorized: false });
        socket.on('error', () => undefined).on('close', () => setTimeout(open, 10));
      };
      for (let i = 0; i < 5; i++) open();
    },
  },
];

if (import.meta.main) {
  const [name, port] = process.argv.slice(2);
  attacks.find((a) => a.name === name)?.start(Number(port));
}
