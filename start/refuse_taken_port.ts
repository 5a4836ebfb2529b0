import { createServer } from 'node:net'

/**
 * A port as the environment gives it.
 *
 * @param setting name of the environment variable
 * @throws E_PORT_INVALID when it is no number between 1 and 65535
 */
export function readPort(setting: string, value: string | undefined): number {
  const port = Number(value)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw failure(
    'E_PORT_INVALID',
    `${setting} is “${value}”, and a port is a number from 1 to 65535. For example: ${setting}=3333 npm start`
  )
}

/**
 * Looks whether a port is free before anything is started.
 *
 * @param o.setting name of the environment variable that chooses another
 * @throws E_PORT_TAKEN saying which port, and how to choose another
 */
export async function refuseTakenPort(o: {
  setting: string
  port: number
  host: string
}): Promise<void> {
  const probe = createServer()
  const code = await new Promise<string | null>((resolve) => {
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    probe.listen(o.port, o.host, () => resolve(null))
  })
  if (code === null) {
    await new Promise((resolve) => probe.close(resolve))
    return
  }
  const other = `${o.setting}=${o.port < 1024 ? 3333 : o.port + 1} npm start`
  throw failure(
    'E_PORT_TAKEN',
    code === 'EADDRINUSE'
      ? `Port ${o.port} is taken: another program, or another Griot, listens there. Stop it, or choose another: ${other}`
      : code === 'EACCES'
        ? `Port ${o.port} is reserved for the administrator of this machine. Choose another: ${other}`
        : `Griot cannot listen on ${o.host}:${o.port} (${code}). Check HOST and ${o.setting}, or choose another port: ${other}`
  )
}

const failure = (code: string, message: string) => Object.assign(new Error(message), { code })
