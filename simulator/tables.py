"""The raw tables: columns in order, row keys, and what says which version is latest."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """One raw table; every column is text but `_loaded_at`, which is not listed."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    latest_by: str | None = None

    @property
    def source(self) -> str:
        """The source system."""
        return self.name.split(".")[0]

    @property
    def short_name(self) -> str:
        """The name within the source system."""
        return self.name.split(".")[1]


def _table(name: str, columns: str, key: str, latest_by: str | None = None) -> Table:
    return Table(name, tuple(columns.split()), tuple(key.split()), latest_by)


_ALL = (
    _table(
        "salesforce.account",
        "id account_number name is_person_account first_name last_name type industry phone email "
        "billing_street billing_city billing_state billing_postal_code billing_country status "
        "created_date last_modified_date is_deleted",
        "id",
        "last_modified_date",
    ),
    _table(
        "salesforce.contact",
        "id account_id first_name last_name email phone mobile_phone birthdate mailing_street "
        "mailing_city mailing_state mailing_postal_code mailing_country created_date "
        "last_modified_date is_deleted",
        "id",
        "last_modified_date",
    ),
    _table(
        "salesforce.opportunity",
        "id account_id name stage_name amount currency close_date is_won is_closed created_date",
        "id",
    ),
    _table(
        "servicenow.incident",
        "sys_id number account_number caller_email short_description category priority state "
        "opened_at resolved_at reassignment_count",
        "sys_id",
    ),
    _table(
        "servicenow.metric_result",
        "metric_id question_businesskey customer_id duration_value actual_value metric_date",
        "metric_id",
    ),
    _table(
        "cx_survey.survey_response",
        "response_id customer_id email survey_date survey_type nps_rating csat_rating ces_rating "
        "ces_version comments channel",
        "response_id",
    ),
    _table(
        "oracle_brm.billing_transaction",
        "transaction_id customer_id transaction_date transaction_type amount currency status "
        "due_date paid_date",
        "transaction_id",
    ),
    _table(
        "oracle_brm.subscription",
        "subscription_id customer_id product_name product_sku status start_date end_date mrr "
        "currency billing_cycle renewal_date",
        "subscription_id",
    ),
    _table(
        "oracle_brm.usage",
        "usage_id customer_id product_sku usage_date quantity unit",
        "usage_id",
    ),
    _table(
        "retail.customers",
        "customer_id first_name last_name email_address phone_number date_of_birth gender "
        "address_line_1 city state_code zip_code country_code loyalty_tier loyalty_points "
        "registration_date last_login_date customer_status preferred_channel preferred_store",
        "customer_id",
    ),
    _table(
        "retail.transactions",
        "transaction_id customer_id channel transaction_date transaction_type total_amount "
        "tax_amount shipping_amount discount_amount currency_code payment_method card_type "
        "store_id online_order_id promotion_code coupon_code loyalty_points_earned "
        "loyalty_points_redeemed transaction_status refund_reason",
        "transaction_id",
    ),
    _table(
        "retail.transaction_items",
        "item_id transaction_id product_id quantity unit_price total_price discount_amount "
        "item_status item_rating",
        "item_id",
    ),
    _table(
        "retail.products",
        "product_id product_name category subcategory brand sku list_price unit_cost is_active",
        "product_id",
    ),
    _table(
        "retail.stores",
        "store_id store_name city state region",
        "store_id",
    ),
    _table(
        "web.events",
        "event_id event_type event_timestamp session_id cookie_id device_id login_id email phone "
        "user_agent device_family os_family browser_family ip_address zip_code country city "
        "page_url referrer_url utm_source utm_medium utm_campaign product_id search_query "
        "time_on_page scroll_depth order_id revenue properties",
        "event_id",
    ),
    _table(
        "marketing.campaigns",
        "campaign_id campaign_name channel goal start_date end_date budget cost",
        "campaign_id",
    ),
    _table(
        "marketing.engagement_events",
        "engagement_id customer_id email channel campaign_id message_subject action status "
        "engagement_date device_type",
        "engagement_id",
    ),
    _table(
        "marketing.preferences",
        "preference_id customer_id preference_type preference_value preference_strength "
        "preference_source preference_date preference_status",
        "preference_id",
        "preference_date",
    ),
    _table(
        "support.tickets",
        "ticket_id customer_id requester_email status priority category source created_at "
        "first_response_minutes resolved_at satisfaction",
        "ticket_id",
    ),
    _table(
        "support.interactions",
        "interaction_id ticket_id customer_id interaction_type interaction_at agent_id outcome "
        "resolution_minutes satisfaction sentiment escalation_level",
        "interaction_id",
    ),
    _table(
        "external.profiles",
        "profile_id customer_id email data_source age_range gender education_level occupation "
        "income_range interests social_activity influence_score data_quality_score last_updated",
        "profile_id",
        "last_updated",
    ),
    _table(
        "external.sentiment",
        "sentiment_id customer_id data_source sentiment_date sentiment_type score magnitude "
        "mention_count positive negative neutral",
        "sentiment_id",
    ),
    _table(
        "customer_io.people",
        "cio_id id email phone created_at attributes suppressed unsubscribed",
        "cio_id",
    ),
    _table(
        "customer_io.devices",
        "device_id cio_id platform last_used_at push_token",
        "device_id cio_id",
    ),
    _table(
        "customer_io.deliveries",
        "delivery_id cio_id channel campaign_id subject created_at",
        "delivery_id",
    ),
    _table(
        "customer_io.metrics",
        "event_id delivery_id metric created_at link",
        "event_id",
    ),
    _table(
        "privacy.consent_events",
        "event_id email phone customer_id source_system purpose granted occurred_at method "
        "policy_version",
        "event_id",
    ),
    _table(
        "privacy.requests",
        "request_id request_type email phone customer_id received_at due_at completed_at",
        "request_id",
    ),
)
TABLES = {table.name: table for table in _ALL}
SOURCES = tuple(dict.fromkeys(table.source for table in _ALL))
