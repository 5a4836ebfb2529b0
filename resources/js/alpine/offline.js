/** Whether the network is there */
export const offline = () => ({
  lost: !navigator.onLine,
  init() {
    window.addEventListener('online', () => (this.lost = false))
    window.addEventListener('offline', () => (this.lost = true))
  },
})
