/** Told to screen readers at the most this often */
const SPEAK_EVERY_MS = 30_000
/** The server speaks every 15 s, also when nothing moves: past this the connection is lost, whatever the browser believes */
const SILENT_MS = 45_000
/** A stream that the browser gave up is opened again after this */
const AGAIN_MS = 5_000

/**
 * Keeps a page true while a campaign runs. The channel carries `{ state, parts, total, values, elapsed, note, summary }`: words are
 * put where `data-live` names them, the bar is drawn again, and a page of another state is read anew. A connection that is lost
 * keeps the figures and says since when they are.
 */
export const live = () => {
  /* Outside Alpine's data: its proxies do not reach the private fields of other people's classes */
  let Transmit = null
  let transmit = null
  let source = null
  let ticking = null
  let again = null

  return {
    async init() {
      this.at = new Date()
      if (this.$root.dataset.elapsed) this.clock(Number(this.$root.dataset.elapsed))
      ticking = setInterval(() => this.tick(), 1_000)
      window.addEventListener('offline', () => this.lose())
      try {
        ;({ Transmit } = await import('@adonisjs/transmit-client'))
        this.connect()
      } catch {
        this.lose()
      }
    },

    destroy() {
      clearInterval(ticking)
      clearTimeout(again)
      transmit?.close()
    },

    connect() {
      transmit?.close()
      transmit = new Transmit({
        baseUrl: window.location.origin,
        maxReconnectAttempts: 0,
        eventSourceFactory: (url, options) => (source = new EventSource(url, options)),
        onSubscribeFailed: () => this.lose(),
      })
      transmit.on('disconnected', () => this.lose())
      transmit.on('reconnecting', () => {
        if (source.readyState !== EventSource.CLOSED) return
        clearTimeout(again)
        again = setTimeout(() => this.connect(), AGAIN_MS)
      })
      const subscription = transmit.subscription(this.$root.dataset.channel)
      subscription.onMessage((message) => this.show(message))
      void subscription.create()
    },

    show(message) {
      this.at = new Date()
      this.$root.classList.remove('is-lost')
      if (message.state !== this.$root.dataset.state) return this.readAnew()
      for (const [name, words] of Object.entries(message.values)) this.write(name, words)
      this.draw(message.parts, Number(message.total))
      if (message.elapsed !== null) this.clock(message.elapsed)
      this.note(message.note)
      this.speak(message.summary)
    },

    write(name, words) {
      for (const place of this.$root.querySelectorAll(`[data-live="${CSS.escape(name)}"]`))
        if (place.textContent !== words) place.textContent = words
    },

    /** Not under the hands of somebody who answers a question: then when they close it */
    readAnew() {
      const asking = this.$root.querySelector('details.confirm[open]')
      if (asking) asking.addEventListener('toggle', () => window.location.reload(), { once: true })
      else window.location.reload()
    },

    /** The same arithmetic as the server's progressSegments */
    draw(parts, total) {
      const track = this.$root.querySelector('.bar-track')
      /** A campaign that waits for its time has nothing to show yet */
      if (!track) return
      const values = Object.values(parts).map(Number)
      const sum = values.reduce((so, value) => so + value, 0)
      const whole = Math.max(total, sum) || 1
      let x = 0

      track.querySelectorAll('.bar-hatch, .bar-gap').forEach((element) => element.remove())
      for (const [key, value] of Object.entries(parts)) {
        const width =
          Number(value) > 0 ? Math.min(Math.max((Number(value) / whole) * 1000, 6), 1000 - x) : 0
        const rect =
          track.querySelector(`.part-${CSS.escape(key)}`) ??
          track.appendChild(this.rect(`part-${key}`, 0, 0))
        rect.setAttribute('x', String(x))
        rect.setAttribute('width', String(width))
        if (width > 0 && (key === 'uncertain' || this.$root.dataset.state === 'paused')) {
          const hatch = track.appendChild(this.rect('bar-hatch', x, width))
          hatch.setAttribute('fill', 'url(#griot-hatch)')
        }
        if (width > 0 && x > 0) track.appendChild(this.rect('bar-gap', x, 3))
        x += width
      }
      const said = [...this.$root.querySelectorAll('.bar-legend li')].map((line) =>
        line.textContent.replaceAll(/\s+/g, ' ').trim()
      )
      track.setAttribute('aria-label', `${track.dataset.label}. ${said.join(', ')}`)
    },

    rect(name, x, width) {
      const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
      const of = { class: name, x, y: 0, width, height: 20 }
      for (const [key, value] of Object.entries(of)) rect.setAttribute(key, String(value))
      return rect
    },

    /** Seconds since the launch, by the server's clock; ours only counts on from there */
    clock(seconds) {
      this.launched = performance.now() - seconds * 1_000
      this.tick()
    },

    tick() {
      if (Date.now() - this.at > SILENT_MS) this.lose()
      if (this.launched === undefined || this.$root.classList.contains('is-lost')) return
      this.write('elapsed', duration(Math.round((performance.now() - this.launched) / 1_000)))
    },

    lose() {
      if (this.$root.classList.contains('is-lost')) return
      this.$root.classList.add('is-lost')
      const time = this.at.toLocaleTimeString(this.$root.dataset.locale, {
        hour: '2-digit',
        minute: '2-digit',
      })
      const words = this.$root.dataset.lost.replace('{time}', time)
      this.note(words)
      this.$refs.spoken.textContent = words
    },

    note(words) {
      if (this.$refs.note) this.$refs.note.textContent = words
    },

    speak(words) {
      if (Date.now() - (this.spokenAt ?? 0) < SPEAK_EVERY_MS) return
      this.spokenAt = Date.now()
      this.$refs.spoken.textContent = words
    },
  }
}

/** As the server's `duration` */
function duration(seconds) {
  const two = (n) => String(n).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes >= 60) return `${Math.floor(minutes / 60)}\u00A0h ${two(minutes % 60)}\u00A0min`
  if (minutes > 0) return `${minutes}\u00A0min ${two(seconds % 60)}\u00A0s`
  return `${seconds}\u00A0s`
}
