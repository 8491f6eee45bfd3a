// Stands in until the data of the form has its own address: nothing comes with the page.
export const formData = Promise.resolve({});
