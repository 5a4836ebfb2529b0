/**
 * How much there would be of a value if it were written out: values and characters. Each object is counted once however often
 * it stands in another, so a value that holds itself doubled thirty times is weighed in thirty steps. Templates change nothing,
 * so what was weighed stays true.
 */
export class Weights {
  readonly #known = new WeakMap<object, number>()

  of(value: unknown): number {
    if (typeof value === 'string') return 1 + value.length
    if (typeof value !== 'object' || value === null) return 1
    const known = this.#known.get(value)
    if (known !== undefined) return known

    let weight = 1
    for (const part of Array.isArray(value) ? value : Object.values(value)) weight += this.of(part)
    this.#known.set(value, weight)
    return weight
  }
}
