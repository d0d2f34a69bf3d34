// A number with bounds gets a slider beside it; without this file the number alone does the same.
for (const field of document.querySelectorAll("input[data-slider]")) {
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = field.min;
  slider.max = field.max;
  slider.step = Number(field.max) - Number(field.min) > 50 ? "1" : "0.5";
  slider.value = field.value;
  slider.setAttribute("aria-label", field.labels[0]?.textContent ?? field.name);
  slider.addEventListener("input", () => (field.value = slider.value));
  field.addEventListener("input", () => (slider.value = field.value));
  field.after(slider);
}
