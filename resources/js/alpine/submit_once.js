/** A form that cannot be sent twice. Coming back to the page makes it usable again */
export const submitOnce = () => ({
  init() {
    this.again = () => setBusy(this.$root, false)
    window.addEventListener('pageshow', this.again)
  },
  destroy() {
    window.removeEventListener('pageshow', this.again)
  },
  send(event) {
    if (this.$root.dataset.sent) return event.preventDefault()
    setBusy(this.$root, true)
  },
})

/** Marks the buttons of a form; they keep their size, and stay reachable for screen readers */
export function setBusy(form, busy) {
  if (busy) form.dataset.sent = '1'
  else delete form.dataset.sent
  for (const button of form.querySelectorAll('button[type=submit]')) {
    button.setAttribute('aria-busy', String(busy))
  }
}
