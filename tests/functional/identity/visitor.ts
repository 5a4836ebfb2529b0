/** A browser without a face: it keeps cookies and sends the token that a page's form carries */
export class Visitor {
  readonly #base = process.env.APP_URL as string
  readonly #headers: Readonly<Record<string, string>>
  #cookies: Map<string, string>

  constructor(o: { cookies?: ReadonlyMap<string, string>; headers?: Record<string, string> } = {}) {
    this.#cookies = new Map(o.cookies)
    this.#headers = o.headers ?? {}
  }

  /** Somebody else with a copy of all its cookies */
  copy(): Visitor {
    return new Visitor({ cookies: this.#cookies, headers: { ...this.#headers } })
  }

  async get(path: string): Promise<Answer> {
    return this.#send(path, { method: 'GET' })
  }

  /** Posts a form as a person does who has a page open: `page` is where its token comes from */
  async post(path: string, form: Record<string, string>, page = '/signin'): Promise<Answer> {
    const { text } = await this.get(page)
    const token =
      /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ??
      /name='_csrf' value='([^']+)'/.exec(text)?.[1]
    return this.send(path, { ...form, ...(token ? { _csrf: token } : {}) }, page)
  }

  /** Posts a form as it stands, from a page of ours or of another site */
  async send(
    path: string,
    form: Record<string, string>,
    page: string,
    origin = this.#base
  ): Promise<Answer> {
    return this.#send(path, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { referer: `${origin}${page}`, origin },
    })
  }

  async #send(path: string, init: RequestInit): Promise<Answer> {
    const reply = await fetch(`${this.#base}${path}`, {
      ...init,
      redirect: 'manual',
      headers: {
        ...this.#headers,
        ...(init.headers as Record<string, string> | undefined),
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
    })
    for (const line of reply.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (name && value !== undefined) this.#cookies.set(name, value)
    }
    return {
      status: reply.status,
      location: reply.headers.get('location'),
      text: await reply.text(),
    }
  }
}

export type Answer = {
  readonly status: number
  readonly location: string | null
  readonly text: string
}
