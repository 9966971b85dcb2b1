terraform {
  required_providers {
    pingone = {
      source  = "pingidentity/pingone"
      version = ">= 1.21"
    }
  }
}

variable "environment_id" {
  type    = string
{%- if environment_id %}
  default = {{ environment_id }}
{%- endif %}
}
{%- if 'CUSTOM' in granted %}

variable "custom_resource_id" {
  type        = string
  description = "The resource of your own whose scopes PINGONE_SCOPES asks for"
}
{%- endif %}

locals {
  # Signon URL by application: PingOne's own page, or ours
  login_pages = {
    hosted = null
    custom = {{ login_page_url }}
  }
}

resource "pingone_key_rotation_policy" "signing" {
  environment_id      = var.environment_id
  name                = "Sign-on"
  algorithm           = "RSA"
  key_length          = 2048
  signature_algorithm = "SHA256withRSA"
  subject_dn          = "CN=Sign-on"
  usage_type          = "SIGNING"
}

resource "pingone_application" "sign_on" {
  for_each       = local.login_pages
  environment_id = var.environment_id
  name           = "Sign-on (${each.key})"
  enabled        = true
  login_page_url = each.value

  oidc_options = {
    type                       = "WEB_APP"
    grant_types                = ["AUTHORIZATION_CODE", "REFRESH_TOKEN"]
    response_types             = ["CODE"]
    pkce_enforcement           = "S256_REQUIRED"
    par_requirement            = {{ par }}
    token_endpoint_auth_method = {{ method }}
{%- if jwks %}
    jwks                       = {{ jwks }}
{%- endif %}
    redirect_uris              = [{{ redirect_uri }}]
    post_logout_redirect_uris  = [{{ sign_off_uri }}]
    initiate_login_uri         = {{ initiate_login_uri }}
    refresh_token_type         = "OPAQUE_TOKEN"

    signing = {
      key_rotation_policy_id = pingone_key_rotation_policy.signing.id
    }
    cors_settings = {
      behavior = "ALLOW_NO_ORIGINS"
    }
  }
}
{%- for resource, names in granted.items() %}

data "pingone_resource_scope" "{{ resource|lower }}" {
  for_each       = toset([{{ names }}])
  environment_id = var.environment_id
  resource_type  = "{{ resource }}"
  {%- if resource == 'CUSTOM' %}
  custom_resource_id = var.custom_resource_id
  {%- endif %}
  name           = each.key
}

resource "pingone_application_resource_grant" "{{ resource|lower }}" {
  for_each       = pingone_application.sign_on
  environment_id = var.environment_id
  application_id = each.value.id
  resource_type  = "{{ resource }}"
  {%- if resource == 'CUSTOM' %}
  custom_resource_id = var.custom_resource_id
  {%- endif %}
  scopes         = [for scope in data.pingone_resource_scope.{{ resource|lower }} : scope.id]
}
{%- endfor %}
{%- if secret %}

data "pingone_application_secret" "sign_on" {
  for_each       = pingone_application.sign_on
  environment_id = var.environment_id
  application_id = each.value.id
}
{%- endif %}

output "env" {
  sensitive = true
  value = {
    PINGONE_ENVIRONMENT_ID       = var.environment_id
    PINGONE_CLIENT_ID            = pingone_application.sign_on["hosted"].oidc_options.client_id
    PINGONE_CUSTOM_CLIENT_ID     = pingone_application.sign_on["custom"].oidc_options.client_id
{%- if secret %}
    PINGONE_CLIENT_SECRET        = data.pingone_application_secret.sign_on["hosted"].secret
    PINGONE_CUSTOM_CLIENT_SECRET = data.pingone_application_secret.sign_on["custom"].secret
{%- endif %}
  }
}
