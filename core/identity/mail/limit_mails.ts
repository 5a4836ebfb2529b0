import limiter from '@adonisjs/limiter/services/main'

/** Mails of one purpose to one address in an hour, whoever asks for them and from wherever */
const TO_ONE = { requests: 3, duration: '60 mins' } as const

/** @returns false when the address has had enough: nothing is sent, and nobody is told */
export async function limitMails(o: { purpose: string; email: string }): Promise<boolean> {
  const key = `mail:${o.purpose}:${o.email.toLowerCase()}`.slice(0, 200)
  return (await limiter.use(TO_ONE).attempt(key, () => true)) === true
}
