import { createServer, type Socket } from 'node:net'

/** What a recipient like `rcpt_550_5.1.8@…` or `dot_554_5.6.0@…` is refused with, there */
function refusalOf(local: string, where: 'rcpt' | 'dot'): string | null {
  const [, place, code, enhanced] = /^(rcpt|dot)_(\d{3})(?:_(\d\.\d+\.\d+))?$/.exec(local) ?? []
  return place === where ? `${code} ${enhanced ? `${enhanced} ` : ''}no` : null
}

/**
 * A relay that misbehaves as the local part of the recipient asks. It speaks plain SMTP on loopback; a general server cannot
 * drop a connection after the final dot, and that is the case that matters most.
 */
export async function startFaultRelay() {
  const received: string[] = []
  const sender: { refused: string | null } = { refused: null }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    let buffer = ''
    let inData = false
    let mode = ''
    const say = (line: string) => socket.writable && socket.write(`${line}\r\n`)
    say('220 fault ESMTP')
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1')
      for (;;) {
        if (inData) {
          if (mode === 'drop-mid-data' && buffer.length > 500) return void socket.resetAndDestroy()
          const end = buffer.indexOf('\r\n.\r\n')
          if (end < 0) return
          buffer = buffer.slice(end + 5)
          inData = false
          received.push(mode)
          if (mode === 'drop-after-dot') return void socket.resetAndDestroy()
          if (mode === 'close-after-dot') return void socket.end()
          const told = refusalOf(mode, 'dot')
          say(
            told
              ? told
              : mode === 'dot-451'
                ? '451 4.3.0 later'
                : mode === 'dot-552'
                  ? '552 5.2.2 mailbox full'
                  : mode === 'dot-5713'
                    ? '550 5.7.1 blocked'
                    : '250 2.0.0 queued as ABC'
          )
          continue
        }
        const end = buffer.indexOf('\r\n')
        if (end < 0) return
        const line = buffer.slice(0, end)
        buffer = buffer.slice(end + 2)
        const command = line.slice(0, 4).toUpperCase()
        if (command === 'EHLO')
          socket.write('250-fault\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n')
        else if (command === 'RCPT') {
          mode = /<([^@>]+)@/.exec(line)?.[1] ?? ''
          const told = refusalOf(mode, 'rcpt')
          if (told) say(told)
          else if (mode === 'rcpt-450') say('450 4.2.1 greylisted')
          else if (mode === 'rcpt-550') say('550 5.1.1 user unknown')
          else if (mode === 'rcpt-421') {
            say('421 4.7.0 too many')
            socket.end()
          } else say('250 2.1.5 ok')
        } else if (command === 'MAIL' && sender.refused) say(sender.refused)
        else if (command === 'DATA') {
          if (mode === 'data-reset') return void socket.resetAndDestroy()
          say('354 go on')
          inData = true
        } else if (command === 'QUIT') {
          say('221 bye')
          socket.end()
        } else say('250 ok')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    /** Says no to every sender with this line, while it is set */
    sender,
    port: (server.address() as { port: number }).port,
    received,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
