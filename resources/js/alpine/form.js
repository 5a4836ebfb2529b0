import { setBusy } from './submit_once.js'

/** A form that is sent once, and that warns before its changes are lost */
export const form = () => ({
  dirty: false,
  init() {
    this.leaving = (event) => {
      if (this.dirty && this.$root.dataset.guard) event.preventDefault()
    }
    this.again = () => setBusy(this.$root, false)
    window.addEventListener('beforeunload', this.leaving)
    window.addEventListener('pageshow', this.again)
  },
  destroy() {
    window.removeEventListener('beforeunload', this.leaving)
    window.removeEventListener('pageshow', this.again)
  },
  touch() {
    this.dirty = true
  },
  send(event) {
    if (this.$root.dataset.sent) return event.preventDefault()
    this.dirty = false
    setBusy(this.$root, true)
  },
})
