// The TCP side of the server, in front of its gRPC side. It freezes and cuts connections, so the client sees
// the same as with a process that hangs or is killed.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  outer: Socket;
  inner: Socket;
}

export class Front {
  readonly #innerPort: number;
  #listener: Server | null = null;
  readonly #pairs = new Set<Pair>();
  #frozen = false;

  constructor(innerPort: number) {
    this.#innerPort = innerPort;
  }

  /** How many clients' connections there are. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Listens on a port of the loopback interface (0: any free one); returns the port. */
  async listen(port: number): Promise<number> {
    const listener = createServer((outer) => {
      this.#join(outer);
    });
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    this.#listener = listener;
    return (listener.address() as AddressInfo).port;
  }

  /** Connections stay, and new ones are accepted, but no byte passes until `thaw`. */
  freeze(): void {
    this.#frozen = true;
    for (const { outer, inner } of this.#pairs) {
      outer.unpipe(inner);
      inner.unpipe(outer);
    }
  }

  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    for (const pair of this.#pairs) flow(pair);
  }

  /** Cuts all connections; new ones are accepted. */
  cut(): void {
    for (const { outer, inner } of this.#pairs) {
      outer.destroy();
      inner.destroy();
    }
  }

  /** Cuts all connections and stops listening; after the next start nothing is frozen. */
  async stop(): Promise<void> {
    this.#frozen = false;
    const listener = this.#listener;
    this.#listener = null;
    this.cut();
    if (listener === null) return;
    listener.close();
    await once(listener, 'close');
  }

  #join(outer: Socket): void {
    const inner = connect(this.#innerPort, '127.0.0.1');
    const pair = { outer, inner };
    this.#pairs.add(pair);
    for (const [socket, other] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      socket.setNoDelay(true);
      // Broken connections are expected here; `close` below ends the other side.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
    if (!this.#frozen) flow(pair);
  }
}

function flow({ outer, inner }: Pair): void {
  outer.pipe(inner);
  inner.pipe(outer);
}
