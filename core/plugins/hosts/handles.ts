import { randomUUID } from 'node:crypto'
import type { Handle } from './calls.js'

/** Objects of a plugin that live longer than a call, by the handles that the kernel has of them */
export class Handles {
  #objects = new Map<Handle, unknown>()

  get size(): number {
    return this.#objects.size
  }

  keep(object: unknown): Handle {
    const handle = randomUUID()
    this.#objects.set(handle, object)
    return handle
  }

  has(handle: Handle): boolean {
    return this.#objects.has(handle)
  }

  get(handle: Handle): unknown {
    return this.#objects.get(handle)
  }

  forget(handle: Handle): void {
    this.#objects.delete(handle)
  }
}
