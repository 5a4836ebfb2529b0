/** Told to screen readers at the most this often */
const SPEAK_EVERY_MS = 30_000

/**
 * Keeps a progress bar true while a campaign runs. The channel carries `{ parts: { key: number }, total?, note?, done? }`; the
 * server's words (`note`) are shown as they come. A connection that is lost keeps the figures and says since when.
 */
export const live = () => {
  /* Outside Alpine's data: its proxies do not reach the private fields of other people's classes */
  let transmit = null
  let subscription = null

  return {
    async init() {
      const { Transmit } = await import('@adonisjs/transmit-client')
      transmit = new Transmit({ baseUrl: window.location.origin })
      transmit.on('disconnected', () => this.lose())
      transmit.on('connected', () => this.$root.classList.remove('is-lost'))

      subscription = transmit.subscription(this.$root.dataset.channel)
      subscription.onMessage((message) => this.show(message))
      try {
        await subscription.create()
      } catch {
        this.lose()
      }
    },

    destroy() {
      subscription?.delete()
      transmit?.close()
    },

    show(message) {
      this.at = new Date()
      this.$root.classList.remove('is-lost')
      if (message.parts) this.draw(message.parts, Number(message.total ?? 0))
      if (message.note) this.$refs.note.textContent = message.note
      this.speak(message.note)
      if (message.done) window.location.reload()
    },

    /** The same arithmetic as the server's progressSegments */
    draw(parts, total) {
      const bar = this.$root.querySelector('.bar-track')
      const values = Object.values(parts).map(Number)
      const whole =
        Math.max(
          total,
          values.reduce((sum, value) => sum + value, 0)
        ) || 1
      const number = new Intl.NumberFormat(this.$root.dataset.locale)
      let x = 0

      bar.querySelectorAll('.bar-hatch, .bar-gap').forEach((element) => element.remove())
      for (const [key, value] of Object.entries(parts)) {
        const text = this.$root.querySelector(`[data-part="${CSS.escape(key)}"]`)
        if (text) text.textContent = number.format(Number(value))

        const width =
          Number(value) > 0 ? Math.min(Math.max((Number(value) / whole) * 1000, 6), 1000 - x) : 0
        const rect =
          bar.querySelector(`.part-${CSS.escape(key)}`) ?? bar.appendChild(this.rect(key))
        rect.setAttribute('x', String(x))
        rect.setAttribute('width', String(width))
        x += width
      }
    },

    rect(key) {
      const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
      rect.setAttribute('class', `part-${key}`)
      rect.setAttribute('y', '0')
      rect.setAttribute('height', '20')
      return rect
    },

    lose() {
      const time = (this.at ?? new Date()).toLocaleTimeString(this.$root.dataset.locale, {
        hour: '2-digit',
        minute: '2-digit',
      })
      this.$root.classList.add('is-lost')
      this.$refs.note.textContent = this.$root.dataset.lost.replace('{time}', time)
    },

    speak(words) {
      if (!words || Date.now() - (this.spokenAt ?? 0) < SPEAK_EVERY_MS) return
      this.spokenAt = Date.now()
      this.$refs.spoken.textContent = words
    },
  }
}
