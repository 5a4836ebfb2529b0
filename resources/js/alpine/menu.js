/** A `<details>` that closes like a menu: by Escape, or by a click elsewhere */
export const menu = () => ({
  init() {
    this.outside = (event) => {
      if (!this.$root.contains(event.target)) this.$root.open = false
    }
    document.addEventListener('click', this.outside)
  },
  destroy() {
    document.removeEventListener('click', this.outside)
  },
  close() {
    if (!this.$root.open) return
    this.$root.open = false
    this.$refs.opener.focus()
  },
})
