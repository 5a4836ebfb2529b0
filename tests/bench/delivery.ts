import { Readable } from 'node:stream'
import { connect as connectSocket } from 'node:net'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { DkimSigner } from '../../plugins/email/mime/dkim_signer.js'
import { MessageBuilder } from '../../plugins/email/mime/message_builder.js'
import { compileContent } from '#core/content/message/compile_content'
import { trackingLinks } from '#core/tracking/links/tracking_links'
import { sql } from '#core/database/sql'
import type { MeasureContext } from '#start/measure'
import {
  aLargeList,
  aMailService,
  aPaidCampaign,
  aRichClient,
  aWorker,
  cpuMs,
  endWorkers,
  launch,
  peakRssMb,
  untilOver,
} from '#tests/measure_kit'
import { startSink, type Sink } from '#tests/smtp/start_sink'

export type DeliveryFigures = {
  /** Messages a second of a bare client: ten connections, one prebuilt message of the same size, signed alike */
  readonly ceiling: number
  /** Messages a second from launch to settled: expansion, lease, Liquid, MIME, DKIM, SMTP, outcome, ledger, counters */
  readonly whole_line: number
  readonly ratio: number
  readonly cpu_ms_per_message: number
  readonly peak_rss_mb: number
  readonly first_message_ms: number
  readonly expand_rows_per_second: number
}

const CONNECTIONS = 10
const CEILING_MESSAGES = 20_000

/** The whole line beside its ceiling, in one run against the same mail server */
export async function benchDelivery(context: MeasureContext): Promise<DeliveryFigures> {
  const { options, say } = context
  const recipients = Number(options.recipients)
  const dkim = options.dkim === true
  const sink = await startSink()
  const workers = []
  try {
    const { service, dkimKey } = await aMailService({ port: sink.port, dkim })
    const client = await aRichClient()
    const listId = await aLargeList(client, { people: recipients })
    const campaign = await aPaidCampaign({ client, service, listIds: [listId] })
    for (let n = 1; n <= Number(options.workers); n++)
      workers.push(await aWorker(context.root, `worker ${n}`))

    const message = await sampleMessage(campaign.id, String(campaign.brief.template_id))
    say(`One message has ${message.length} bytes`)
    const ceiling = await ceilingOf(sink, message, dkimKey)
    say(`Ceiling: ${ceiling} messages a second`)

    const before = (await sink.figures()).messages
    const cpuBefore = workers.map((worker) => cpuMs(Number(worker.process.pid)))
    const first = watchFirst(sink, before)
    const { runId, at } = await launch(client, campaign)
    const figures = await untilOver(runId)
    const seconds = ((figures.finished_at?.getTime() ?? Date.now()) - at) / 1_000
    const received = (await sink.figures()).messages - before
    if (received !== recipients || figures.accepted !== recipients)
      throw new Error(`${received} received, ${figures.accepted} accepted of ${recipients}`)
    const cpu = workers.reduce(
      (sum, worker, n) => sum + cpuMs(Number(worker.process.pid)) - cpuBefore[n],
      0
    )
    const wholeLine = Math.round(received / seconds)
    return {
      ceiling,
      whole_line: wholeLine,
      ratio: Number((wholeLine / ceiling).toFixed(3)),
      cpu_ms_per_message: Number((cpu / received).toFixed(3)),
      peak_rss_mb: Math.max(...workers.map((worker) => peakRssMb(Number(worker.process.pid)))),
      first_message_ms: (await first) - at,
      expand_rows_per_second: Math.round(
        (figures.audience * 1_000) /
          ((figures.expanded_at?.getTime() ?? 0) - figures.launched_at.getTime())
      ),
    }
  } finally {
    await endWorkers(workers)
    await sink.stop()
  }
}

/** When the mail server has the first message beyond those of the ceiling */
export async function watchFirst(sink: Sink, before: number): Promise<number> {
  for (;;) {
    if ((await sink.figures()).messages > before) return Date.now()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** The bytes that the first contact gets, built as the plugin builds them, unsigned */
async function sampleMessage(campaignId: string, templateId: string): Promise<Buffer> {
  const [template] = await sql<{ html: string; text: string }>(
    'select html, text from templates where id = $1::uuid',
    [templateId]
  )
  const { freezeHtml } = await import('#core/content/html/freeze_html')
  const frozen = await freezeHtml(template.html)
  const links = trackingLinks({ runId: 1, seq: 1 })
  const content = compileContent({
    parts: {
      html: { as: 'frozen', source: frozen.html },
      text: { as: 'text', source: template.text },
    },
  }).render({
    contact: { first_name: 'Aminata', last_name: 'Kaboré', city: 'Abidjan' },
    account: { name: 'Marché Nouvelle Étoile', address: 'Abidjan' },
    campaign: { name: 'mesure', subject: 'Aminata, vos offres de la semaine' },
    links: {
      unsubscribe: links.unsubscribe,
      web_view: links.webView,
      preferences: links.unsubscribe,
      consent: links.unsubscribe,
    },
    tracking: { link: links.link, pixel: links.pixel, hidden: links.hidden },
  })
  const built = await new MessageBuilder(null).build({
    from: { name: 'Marché Nouvelle Étoile', address: 'nouvelles@griot.localhost' },
    replyTo: [],
    to: 'gens.1@d1.example',
    subject: 'Aminata, vos offres de la semaine',
    html: content.html,
    text: content.text,
    messageId: '1.1@griot.localhost',
    unsubscribe: links.unsubscribe,
    listId: `${campaignId}.griot.localhost`,
    feedbackId: '1:account:campaign:griot',
    date: new Date(),
  })
  return built.bytes
}

/** Sends the same bytes over and over with nodemailer's own connection; each signed anew when there is a key */
async function ceilingOf(sink: Sink, message: Buffer, key: string | null): Promise<number> {
  const signer = key
    ? new DkimSigner({ domain: 'griot.localhost', selector: 'bench', privateKey: key })
    : null
  const split = message.indexOf('\r\n\r\n')
  const headers = message
    .subarray(0, split)
    .toString('utf8')
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const)
  const body = message.subarray(split + 4)
  let left = CEILING_MESSAGES
  const from = performance.now()
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const connection = new SMTPConnection({
        host: '127.0.0.1',
        port: sink.port,
        ignoreTLS: true,
        connection: connectSocket({ host: '127.0.0.1', port: sink.port, noDelay: true }),
      })
      await new Promise<void>((resolve, reject) => {
        connection.once('error', reject)
        connection.connect((error) => (error ? reject(error) : resolve()))
      })
      while (left > 0) {
        left -= 1
        const bytes = signer
          ? Buffer.concat([Buffer.from(signer.headerNow(headers, body)), message])
          : message
        await new Promise<void>((resolve, reject) =>
          connection.send(
            { from: 'nouvelles@griot.localhost', to: ['ceiling@sink.example'], size: bytes.length },
            Readable.from([bytes]),
            (error) => (error ? reject(error) : resolve())
          )
        )
      }
      connection.quit()
    })
  )
  return Math.round(CEILING_MESSAGES / ((performance.now() - from) / 1_000))
}
