/** Takes the focus when the page opens: the summary of errors */
export const focusHere = () => ({
  init() {
    this.$root.focus()
  },
})
