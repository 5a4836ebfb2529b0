/** Closes the panel and gives the focus back to the button that opened it */
export const confirm = () => ({
  close() {
    this.$root.open = false
    this.$refs.opener.focus()
  },
})
