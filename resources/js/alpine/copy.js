/** Copies the text beside the button and says so */
export const copy = () => ({
  done: '',
  async copy() {
    await navigator.clipboard.writeText(this.$refs.text.textContent.trim())
    this.done = this.$root.dataset.copied
    setTimeout(() => (this.done = ''), 4000)
  },
})
