import type { I18n } from '@adonisjs/i18n'

/** Says why a live run of an account hands nothing over, as the end of a sentence; '' when it does, or is over */
export type SayWaiting = (o: {
  readonly runId: number
  readonly i18n: I18n
  /** IANA name in which times are told */
  readonly zone: string
}) => Promise<string>

/** The engine knows, and stands above: it fills this in at boot */
class WaitingSentence {
  #say: SayWaiting | null = null

  offer(say: SayWaiting): void {
    this.#say = say
  }

  /** @throws Error when nobody offered it: the wiring is not complete */
  say: SayWaiting = (o) => {
    if (!this.#say) throw new Error('nobody says why campaigns wait; see start/connect_domains')
    return this.#say(o)
  }
}

export const waitingSentence = new WaitingSentence()
