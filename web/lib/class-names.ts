// Joins class names. Classes that contradict each other are not resolved (that library would weigh more
// than every button of the task page): a component that can look two ways has a variant.
export { clsx as cn } from 'clsx';
