import { debuglog } from 'node:util'

export default debuglog('griot:plugins')
