import { fork } from 'node:child_process';

/** A process of ours with a question-and-answer line to it. */
export class Child {
  #process;
  #waiting = new Map();
  #next = 0;
  #gone;

  constructor(module, { execArgv = [] } = {}) {
    this.#process = fork(module, [], {
      execArgv,
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#process.on('message', ({ id, result, error }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
    });
    this.#gone = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => {
        for (const { reject } of this.#waiting.values()) {
          reject(new Error(`${module} went away (${signal ?? code}).`));
        }
        this.#waiting.clear();
        resolve();
      });
    });
  }

  ask(command, args = {}, timeout = 120_000) {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`No answer to '${command}' within ${timeout} ms.`));
      }, timeout);
      this.#waiting.set(id, {
        resolve: (result) => {
          clearTimeout(timer);
          resolve(result);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.#process.send({ id, command, args });
    });
  }

  async stop() {
    this.#process.kill('SIGKILL');
    await this.#gone;
  }
}
