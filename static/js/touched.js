// Has somebody answered something already? While the words of the steps were on their way, or before the page was
// loaded again: some browsers keep what was typed then. Without JavaScript nothing is lost, as there is one page.
const isChanged = ({ type, options, checked, defaultChecked, value, defaultValue }) => {
  if (options) return [...options].some((option) => option.selected !== option.defaultSelected);
  return ["radio", "checkbox"].includes(type) ? checked !== defaultChecked : value !== (defaultValue ?? value);
};

export const isTouched = (form) => [...form.elements].some(isChanged);
