import debug from 'debug'

/** Traces of this domain, with `DEBUG=griot:database` in the environment */
export default debug('griot:database')
