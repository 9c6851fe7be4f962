# A document of YAML with JSON texts in it, as a template of ours makes one. YAML takes
# JSON with three exceptions: control characters beyond ASCII (and U+007F, U+FFFE, U+FFFF)
# have to be escapes; an object is not called "<<"; and a key has at most 1,000 characters.

variable "text" {
  description = "YAML. Values of a caller's stand in it as JSON."
  type        = string
  nullable    = false

  validation {
    condition     = !can(regex("\"(<|\\\\u003c){2}\" *:", var.text))
    error_message = "A definition cannot have an object with the key \"<<\": YAML would merge its value into the object. Give the key another name."
  }

  validation {
    condition     = alltrue([for key in regexall("\"(?:[^\"\\\\]|\\\\.)*\" *:", var.text) : length(key) <= 1000])
    error_message = "A definition cannot have a key of more than 1,000 characters."
  }
}

locals {
  escapes = {
    for code in concat(range(127, 160), [65534, 65535]) :
    jsondecode(format("\"\\u%04x\"", code)) => format("\\u%04x", code)
  }
}

output "value" {
  description = "The object that the text stands for."
  value = yamldecode(join("", [
    for part in regexall("[\u007f-\u009f\ufffe\uffff]|[^\u007f-\u009f\ufffe\uffff]+", var.text) :
    lookup(local.escapes, part, part)
  ]))
}
