# The states of all definitions, at any depth that people write.

locals {
  texts = concat(
    [{ name = "definition", path = "", text = var.definition }],
    [
      for key, text in var.retained_definitions : {
        name = "retained_definitions[${jsonencode(key)}]"
        path = "retained_definitions[${jsonencode(key)}] > "
        text = text
      }
    ],
  )
  documents = [for text in local.texts : try(jsondecode(text.text), null)]

  top = [
    for number, document in local.documents : {
      path    = local.texts[number].path
      express = var.type == "EXPRESS"
      machine = document
    }
  ]
}

module "level_0" {
  source   = "./level"
  machines = local.top
}

module "level_1" {
  source   = "./level"
  machines = module.level_0.machines
}

module "level_2" {
  source   = "./level"
  machines = module.level_1.machines
}

module "level_3" {
  source   = "./level"
  machines = module.level_2.machines
}

module "level_4" {
  source   = "./level"
  machines = module.level_3.machines
}

module "level_5" {
  source   = "./level"
  machines = module.level_4.machines
}

module "level_6" {
  source   = "./level"
  machines = module.level_5.machines
}

module "level_7" {
  source   = "./level"
  machines = module.level_6.machines
}

locals {
  # The top and seven levels inside it.
  levels = [
    module.level_0, module.level_1, module.level_2, module.level_3,
    module.level_4, module.level_5, module.level_6, module.level_7,
  ]
  states   = concat(local.levels[*].states...)
  machines = concat(local.top, local.levels[*].machines...)
  too_deep = local.levels[length(local.levels) - 1].machines
}
