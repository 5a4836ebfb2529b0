/** Where pages find the script that loads them anew, under `npm run dev` */
export const RELOAD_SCRIPT = '/__dev/reload.js'
