/** A question that opens: in sight when it does, and the focus goes back to its button when it closes */
export const confirm = () => ({
  opened() {
    if (this.$root.open) this.$refs.panel.scrollIntoView({ block: 'nearest' })
  },
  close() {
    this.$root.open = false
    this.$refs.opener.focus()
  },
})
