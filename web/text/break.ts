// The words of Break it; apart from the others, so that only that page loads them. English only, as the names of parts and faults
// in the logs are.
export { breakIt as breakText } from './en-break';
