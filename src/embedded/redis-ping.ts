import { connect } from 'node:net';
import type { NetConnectOpts } from 'node:net';

export type RedisAnswer = 'pong' | 'loading';

/**
 * Sends a PING; `loading` while Redis reads its data. Null without an answer of a Redis in time, which may
 * also be frozen or want a password.
 */
export async function pingRedis(where: NetConnectOpts, withinMs: number): Promise<RedisAnswer | null> {
  return new Promise((resolve) => {
    const socket = connect(where);
    let text = '';
    const settle = (answer: RedisAnswer | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => settle(null), withinMs);
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.includes('\n') || text.length > longestAnswer) settle(answerOf(text));
    });
    socket.once('error', () => settle(null));
    socket.once('close', () => settle(null));
  });
}

const longestAnswer = 256;

function answerOf(text: string): RedisAnswer | null {
  if (text.startsWith('+PONG\r\n')) return 'pong';
  return text.startsWith('-LOADING ') ? 'loading' : null;
}
