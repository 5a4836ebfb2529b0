/**
 * Reads a page anew every few seconds and puts what stands here now in place of what stood here. Not under the hands of somebody:
 * while a question is open, or the keyboard is in here, or the page is not in view, it waits. A page that cannot be read stays.
 */
export const fresh = () => {
  let timer = null

  return {
    init() {
      timer = setInterval(() => void this.again(), Number(this.$root.dataset.every) * 1_000)
    },

    destroy() {
      clearInterval(timer)
    },

    inUse() {
      return document.hidden || this.$root.querySelector('details[open], :focus') !== null
    },

    async again() {
      if (this.inUse()) return
      const answer = await fetch(window.location.href).catch(() => null)
      /** Signed out meanwhile, or the server restarts */
      if (!answer?.ok || answer.redirected) return
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const now = page.getElementById(this.$root.id)
      if (now && !this.inUse()) this.$root.replaceChildren(...now.childNodes)
    },
  }
}
