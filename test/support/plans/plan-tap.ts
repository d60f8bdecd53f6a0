import { createServer, connect as dial, type AddressInfo, type Socket } from 'node:net';
import type { ServerTarget, Sql } from '../../../src/database/db.ts';
import type { PlanNode } from './read-rows.ts';

/** A statement as the server ran it, with its plan. */
export interface RanStatement {
  text: string;
  plan: PlanNode;
}

/** A way to a database on which every statement's plan is seen, with the rows that each step met. */
export interface PlanTap {
  /** The same database, by way of the tap. */
  target: ServerTarget;
  /** The statements since it was last asked. */
  take(): RanStatement[];
  close(): Promise<void>;
}

/** The server sends the plan of every statement of a new session as a notice. */
const settings = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_verbose': 'on',
  'auto_explain.log_format': 'json',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_level': 'notice',
  // Tables so small as a test's would be read whole in no time.
  seq_page_cost: '4',
};

/** Opens it to the database of a pool, whose user is a superuser. */
export async function openPlanTap(sql: Sql): Promise<PlanTap> {
  const { path, host, port: ports, user, pass, database } = sql.options;
  for (const [name, value] of Object.entries(settings))
    await sql.unsafe(`alter database "${database}" set ${name} = '${value}'`);
  let ran: RanStatement[] = [];
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = path ? dial(path) : dial(ports[0] ?? 5432, host[0]);
    clients.add(client);
    for (const socket of [client, upstream])
      socket
        .on('error', () => undefined)
        .on('close', () => {
          clients.delete(client);
          client.destroy();
          upstream.destroy();
        });
    // A notice comes in front of the end of its statement, and is read here before that is passed on.
    const read = noticesOf((message) => {
      const statement = statementOf(message);
      if (statement !== null) ran.push(statement);
    });
    client.pipe(upstream);
    upstream.on('data', (chunk) => {
      read(chunk);
      client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const password = typeof pass === 'string' ? { password: pass } : {};
  return {
    target: { host: '127.0.0.1', port, user, database, ...password },
    take() {
      const taken = ran;
      ran = [];
      return taken;
    },
    async close() {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      for (const client of clients) client.destroy();
      await closed;
    },
  };
}

/** Reads a server's messages from its chunks, and gives the texts of notices. */
function noticesOf(onNotice: (message: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (rest.length - at >= 5) {
      const end = at + 1 + rest.readInt32BE(at + 1);
      if (end > rest.length) break;
      if (rest[at] === 'N'.charCodeAt(0)) onNotice(textOf(rest.subarray(at + 5, end)));
      at = end;
    }
    rest = rest.subarray(at);
  };
}

/** A notice is a list of fields, each a letter and a text that ends with a zero; `M` is the message. */
function textOf(fields: Buffer): string {
  const all = fields.toString('utf8').split('\0');
  return all.find((field) => field.startsWith('M'))?.slice(1) ?? '';
}

function statementOf(message: string): RanStatement | null {
  const begin = message.indexOf('{');
  if (!/^duration: [\d.]+ ms {2}plan:/.test(message) || begin < 0) return null;
  const { 'Query Text': text, Plan: plan } = JSON.parse(message.slice(begin)) as {
    'Query Text': string;
    Plan: PlanNode;
  };
  return { text, plan };
}
