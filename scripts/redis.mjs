// Installs a Redis server on a Debian-like machine without one. Node's own modules only, as install.mjs.
import { connect } from 'node:net';
import { installWithApt, programInPath } from './apt.mjs';

const probeMilliseconds = 500;
const programs = ['redis-server', 'valkey-server'];

/**
 * Installs `redis-server` with apt if REDIS_URL is unset, no Redis answers on 127.0.0.1:6379, and none is in
 * PATH.
 */
export async function ensureRedis({
  env = process.env,
  root = process.getuid?.() === 0,
  port = 6379,
  policy = '/usr/sbin/policy-rc.d',
} = {}) {
  if (env.REDIS_URL?.trim() || process.platform !== 'linux') return;
  if ((await programInPath(env, programs)) !== null || (await answers(port))) return;
  await installWithApt({
    packageName: 'redis-server',
    programs,
    what: { name: 'Redis', purpose: 'the job queues' },
    service: 'redis-server',
    env,
    root,
    policy,
  });
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    // One limit for all: a program that connects and does not answer is no Redis.
    const timer = setTimeout(() => settle(false), probeMilliseconds);
    socket.once('close', () => clearTimeout(timer));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => settle(/^(\+PONG|-LOADING)/.test(data.toString('latin1'))));
    socket.once('error', () => settle(false));
  });
}
