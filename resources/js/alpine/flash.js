/** A message that the person may put away. It stays until then: nobody reads at the speed of a timer */
export const flash = () => ({
  close() {
    this.$root.remove()
  },
})
