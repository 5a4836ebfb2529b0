/**
 * Reads a page anew every few seconds and puts what stands here now in place of what stood here. Not under the hands of somebody:
 * while a question is open, or the keyboard is in here, or the page is not in view, it waits. When the page cannot be read, what
 * stood here stays, and says since when it is.
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
      try {
        const now = await this.read()
        if (this.inUse()) return
        this.$root.classList.remove('is-lost')
        this.$root.dataset.lost = now.dataset.lost
        this.$root.replaceChildren(...now.childNodes)
      } catch {
        this.$root.classList.add('is-lost')
        this.$refs.note.textContent = this.$root.dataset.lost
      }
    },

    /** What stands here in the page as the server has it; an error when it is not to be had, or we were signed out */
    async read() {
      const answer = await fetch(window.location.href)
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const now = page.getElementById(this.$root.id)
      if (!answer.ok || now === null) throw new Error(`${answer.status} without #${this.$root.id}`)
      return now
    },
  }
}
