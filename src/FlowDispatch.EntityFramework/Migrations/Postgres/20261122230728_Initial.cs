using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace FlowDispatch.EntityFramework.Migrations.Postgres
{
    /// <inheritdoc />
    internal partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "fd_automations",
                columns: table => new
                {
                    number = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    trigger_type = table.Column<string>(type: "text", nullable: false),
                    settings = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    updated_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_automations", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "fd_cap_counts",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    key = table.Column<string>(type: "text", nullable: false),
                    holder = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    keep_until = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_cap_counts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "fd_contacts",
                columns: table => new
                {
                    organization_id = table.Column<string>(type: "text", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: true),
                    email = table.Column<string>(type: "text", nullable: true),
                    tags = table.Column<List<string>>(type: "text[]", nullable: false),
                    custom_fields = table.Column<string>(type: "text", nullable: false),
                    language = table.Column<string>(type: "text", nullable: true),
                    time_zone = table.Column<string>(type: "text", nullable: true),
                    opted_in = table.Column<bool>(type: "boolean", nullable: false),
                    opt_changed_at = table.Column<long>(type: "bigint", nullable: true),
                    opt_reason = table.Column<string>(type: "text", nullable: true),
                    opt_source = table.Column<string>(type: "text", nullable: true),
                    blocked = table.Column<bool>(type: "boolean", nullable: false),
                    block_reason = table.Column<string>(type: "text", nullable: true),
                    block_changed_at = table.Column<long>(type: "bigint", nullable: true),
                    deleted_at = table.Column<long>(type: "bigint", nullable: true),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    updated_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_contacts", x => new { x.organization_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "fd_conversations",
                columns: table => new
                {
                    channel_id = table.Column<string>(type: "text", nullable: false),
                    contact_id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_conversations", x => new { x.channel_id, x.contact_id });
                });

            migrationBuilder.CreateTable(
                name: "fd_counters",
                columns: table => new
                {
                    execution = table.Column<int>(type: "integer", nullable: false),
                    total = table.Column<int>(type: "integer", nullable: false),
                    sent = table.Column<int>(type: "integer", nullable: false),
                    delivered = table.Column<int>(type: "integer", nullable: false),
                    read = table.Column<int>(type: "integer", nullable: false),
                    replied = table.Column<int>(type: "integer", nullable: false),
                    completed = table.Column<int>(type: "integer", nullable: false),
                    failed = table.Column<int>(type: "integer", nullable: false),
                    skipped = table.Column<int>(type: "integer", nullable: false),
                    cancelled = table.Column<int>(type: "integer", nullable: false),
                    pending = table.Column<int>(type: "integer", nullable: false),
                    in_doubt = table.Column<int>(type: "integer", nullable: false),
                    open = table.Column<int>(type: "integer", nullable: false),
                    forgiven_sent = table.Column<int>(type: "integer", nullable: false),
                    forgiven_failed = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_counters", x => x.execution);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.CreateTable(
                name: "fd_due",
                columns: table => new
                {
                    key = table.Column<long>(type: "bigint", nullable: false),
                    execution = table.Column<int>(type: "integer", nullable: false),
                    due_at = table.Column<long>(type: "bigint", nullable: false),
                    token = table.Column<long>(type: "bigint", nullable: true),
                    marked = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_due", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "fd_error_counts",
                columns: table => new
                {
                    execution = table.Column<int>(type: "integer", nullable: false),
                    code = table.Column<string>(type: "text", nullable: false),
                    count = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_error_counts", x => new { x.execution, x.code });
                });

            migrationBuilder.CreateTable(
                name: "fd_executions",
                columns: table => new
                {
                    number = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<string>(type: "text", nullable: false),
                    automation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    status_reason = table.Column<string>(type: "text", nullable: true),
                    error_message = table.Column<string>(type: "text", nullable: true),
                    paused_by_automation = table.Column<bool>(type: "boolean", nullable: false),
                    type = table.Column<int>(type: "integer", nullable: false),
                    triggered_by_event = table.Column<string>(type: "text", nullable: true),
                    repair_of = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    started_at = table.Column<long>(type: "bigint", nullable: true),
                    planned_at = table.Column<long>(type: "bigint", nullable: true),
                    completed_at = table.Column<long>(type: "bigint", nullable: true),
                    channel_id = table.Column<string>(type: "text", nullable: false),
                    priority = table.Column<int>(type: "integer", nullable: false),
                    max_concurrent = table.Column<int>(type: "integer", nullable: false),
                    test_mode = table.Column<bool>(type: "boolean", nullable: false),
                    plan_token = table.Column<long>(type: "bigint", nullable: false),
                    plan_until = table.Column<long>(type: "bigint", nullable: true),
                    plan_position = table.Column<string>(type: "text", nullable: true),
                    next_ordinal = table.Column<int>(type: "integer", nullable: false),
                    snapshot = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_executions", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "fd_flow_versions",
                columns: table => new
                {
                    flow = table.Column<int>(type: "integer", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    nodes = table.Column<string>(type: "text", nullable: false),
                    updated_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_flow_versions", x => new { x.flow, x.version });
                });

            migrationBuilder.CreateTable(
                name: "fd_flows",
                columns: table => new
                {
                    number = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    deleted_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_flows", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "fd_idempotency",
                columns: table => new
                {
                    organization_id = table.Column<string>(type: "text", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    request_hash = table.Column<string>(type: "text", nullable: false),
                    status_code = table.Column<int>(type: "integer", nullable: false),
                    response_body = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_idempotency", x => new { x.organization_id, x.key });
                });

            migrationBuilder.CreateTable(
                name: "fd_inbox",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    @event = table.Column<string>(name: "event", type: "text", nullable: false),
                    received_at = table.Column<long>(type: "bigint", nullable: false),
                    due_at = table.Column<long>(type: "bigint", nullable: false),
                    tries = table.Column<int>(type: "integer", nullable: false),
                    attempt = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_inbox", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "fd_leases",
                columns: table => new
                {
                    token = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    execution = table.Column<int>(type: "integer", nullable: false),
                    automation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    node = table.Column<string>(type: "text", nullable: false),
                    slots = table.Column<int>(type: "integer", nullable: false),
                    until = table.Column<long>(type: "bigint", nullable: false),
                    committed = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_leases", x => x.token);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.CreateTable(
                name: "fd_messages",
                columns: table => new
                {
                    hash = table.Column<long>(type: "bigint", nullable: false),
                    recipient = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                });

            migrationBuilder.CreateTable(
                name: "fd_permits",
                columns: table => new
                {
                    key = table.Column<string>(type: "text", nullable: false),
                    last_at = table.Column<long>(type: "bigint", nullable: true),
                    held_until = table.Column<long>(type: "bigint", nullable: true),
                    full_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_permits", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "fd_receipt_notes",
                columns: table => new
                {
                    channel_id = table.Column<string>(type: "text", nullable: false),
                    arrived_at = table.Column<long>(type: "bigint", nullable: false),
                    attempted_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_receipt_notes", x => new { x.channel_id, x.arrived_at });
                });

            migrationBuilder.CreateTable(
                name: "fd_receivers",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    since = table.Column<long>(type: "bigint", nullable: false),
                    last_beat_at = table.Column<long>(type: "bigint", nullable: false),
                    ended = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_receivers", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "fd_recipient_events",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    recipient = table.Column<long>(type: "bigint", nullable: false),
                    kind = table.Column<int>(type: "integer", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    code = table.Column<string>(type: "text", nullable: true),
                    message = table.Column<string>(type: "text", nullable: true),
                    provider_message_id = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_recipient_events", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "fd_recipients",
                columns: table => new
                {
                    key = table.Column<long>(type: "bigint", nullable: false),
                    execution = table.Column<int>(type: "integer", nullable: false),
                    contact_id = table.Column<Guid>(type: "uuid", nullable: false),
                    phone_number = table.Column<string>(type: "text", nullable: false),
                    contact_name = table.Column<string>(type: "text", nullable: true),
                    time_zone = table.Column<string>(type: "text", nullable: true),
                    variables = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    reached = table.Column<int>(type: "integer", nullable: false),
                    open = table.Column<bool>(type: "boolean", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    step_attempts = table.Column<int>(type: "integer", nullable: false),
                    next_attempt_at = table.Column<long>(type: "bigint", nullable: true),
                    waiting_reason = table.Column<string>(type: "text", nullable: true),
                    attempted_at = table.Column<long>(type: "bigint", nullable: true),
                    in_doubt_since = table.Column<long>(type: "bigint", nullable: true),
                    flow_completed = table.Column<bool>(type: "boolean", nullable: false),
                    flow_current_node = table.Column<string>(type: "text", nullable: true),
                    flow_outcome = table.Column<string>(type: "text", nullable: true),
                    error_code = table.Column<string>(type: "text", nullable: true),
                    error_message = table.Column<string>(type: "text", nullable: true),
                    provider_message_id = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    sent_at = table.Column<long>(type: "bigint", nullable: true),
                    delivered_at = table.Column<long>(type: "bigint", nullable: true),
                    read_at = table.Column<long>(type: "bigint", nullable: true),
                    replied_at = table.Column<long>(type: "bigint", nullable: true),
                    completed_at = table.Column<long>(type: "bigint", nullable: true),
                    failed_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_recipients", x => x.key);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 45);

            migrationBuilder.CreateTable(
                name: "fd_slices",
                columns: table => new
                {
                    key = table.Column<long>(type: "bigint", nullable: false),
                    execution = table.Column<int>(type: "integer", nullable: false),
                    count = table.Column<int>(type: "integer", nullable: false),
                    position = table.Column<int>(type: "integer", nullable: false),
                    token = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_slices", x => x.key);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.CreateTable(
                name: "fd_suppressions",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    contact_id = table.Column<Guid>(type: "uuid", nullable: false),
                    suppression = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_suppressions", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "fd_upload_rows",
                columns: table => new
                {
                    key = table.Column<long>(type: "bigint", nullable: false),
                    upload = table.Column<int>(type: "integer", nullable: false),
                    contact_id = table.Column<Guid>(type: "uuid", nullable: false),
                    fields = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_upload_rows", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "fd_uploads",
                columns: table => new
                {
                    number = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<string>(type: "text", nullable: false),
                    complete = table.Column<bool>(type: "boolean", nullable: false),
                    columns = table.Column<List<string>>(type: "text[]", nullable: false),
                    rows = table.Column<int>(type: "integer", nullable: false),
                    accepted = table.Column<int>(type: "integer", nullable: false),
                    duplicates = table.Column<int>(type: "integer", nullable: false),
                    invalid = table.Column<int>(type: "integer", nullable: false),
                    errors = table.Column<string>(type: "text", nullable: false),
                    errors_truncated = table.Column<bool>(type: "boolean", nullable: false),
                    sample = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_uploads", x => x.number);
                });

            migrationBuilder.CreateIndex(
                name: "IX_fd_automations_id",
                table: "fd_automations",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_automations_organization_id_number",
                table: "fd_automations",
                columns: new[] { "organization_id", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_fd_cap_counts_key_at",
                table: "fd_cap_counts",
                columns: new[] { "key", "at" });

            migrationBuilder.CreateIndex(
                name: "IX_fd_contacts_organization_id_number",
                table: "fd_contacts",
                columns: new[] { "organization_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_counters_open",
                table: "fd_counters",
                column: "execution",
                filter: "open > 0");

            migrationBuilder.CreateIndex(
                name: "IX_fd_due_execution_due_at_key",
                table: "fd_due",
                columns: new[] { "execution", "due_at", "key" },
                filter: "token IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_fd_due_token",
                table: "fd_due",
                column: "token",
                filter: "token IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_fd_executions_automation_id_number",
                table: "fd_executions",
                columns: new[] { "automation_id", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_fd_executions_id",
                table: "fd_executions",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_executions_open",
                table: "fd_executions",
                column: "number",
                filter: "status IN (0, 1, 2)");

            migrationBuilder.CreateIndex(
                name: "IX_fd_executions_organization_id_number",
                table: "fd_executions",
                columns: new[] { "organization_id", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_fd_flows_id",
                table: "fd_flows",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_flows_organization_id_number",
                table: "fd_flows",
                columns: new[] { "organization_id", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_fd_idempotency_created_at",
                table: "fd_idempotency",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "IX_fd_inbox_attempt",
                table: "fd_inbox",
                column: "attempt",
                filter: "tries > 0 AND attempt IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_fd_inbox_due_at_id",
                table: "fd_inbox",
                columns: new[] { "due_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_fd_leases_automation_id",
                table: "fd_leases",
                column: "automation_id");

            migrationBuilder.CreateIndex(
                name: "IX_fd_leases_execution",
                table: "fd_leases",
                column: "execution");

            migrationBuilder.CreateIndex(
                name: "IX_fd_messages_hash",
                table: "fd_messages",
                column: "hash");

            migrationBuilder.CreateIndex(
                name: "IX_fd_permits_held_until",
                table: "fd_permits",
                column: "held_until",
                filter: "held_until IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_fd_recipient_events_recipient",
                table: "fd_recipient_events",
                column: "recipient");

            migrationBuilder.CreateIndex(
                name: "IX_fd_recipients_contact_id_execution",
                table: "fd_recipients",
                columns: new[] { "contact_id", "execution" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_slices_execution_key",
                table: "fd_slices",
                columns: new[] { "execution", "key" },
                filter: "token IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_fd_slices_token",
                table: "fd_slices",
                column: "token",
                filter: "token IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_fd_suppressions_contact_id",
                table: "fd_suppressions",
                column: "contact_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_upload_rows_upload_contact_id",
                table: "fd_upload_rows",
                columns: new[] { "upload", "contact_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_fd_uploads_id",
                table: "fd_uploads",
                column: "id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "fd_automations");

            migrationBuilder.DropTable(
                name: "fd_cap_counts");

            migrationBuilder.DropTable(
                name: "fd_contacts");

            migrationBuilder.DropTable(
                name: "fd_conversations");

            migrationBuilder.DropTable(
                name: "fd_counters");

            migrationBuilder.DropTable(
                name: "fd_due");

            migrationBuilder.DropTable(
                name: "fd_error_counts");

            migrationBuilder.DropTable(
                name: "fd_executions");

            migrationBuilder.DropTable(
                name: "fd_flow_versions");

            migrationBuilder.DropTable(
                name: "fd_flows");

            migrationBuilder.DropTable(
                name: "fd_idempotency");

            migrationBuilder.DropTable(
                name: "fd_inbox");

            migrationBuilder.DropTable(
                name: "fd_leases");

            migrationBuilder.DropTable(
                name: "fd_messages");

            migrationBuilder.DropTable(
                name: "fd_permits");

            migrationBuilder.DropTable(
                name: "fd_receipt_notes");

            migrationBuilder.DropTable(
                name: "fd_receivers");

            migrationBuilder.DropTable(
                name: "fd_recipient_events");

            migrationBuilder.DropTable(
                name: "fd_recipients");

            migrationBuilder.DropTable(
                name: "fd_slices");

            migrationBuilder.DropTable(
                name: "fd_suppressions");

            migrationBuilder.DropTable(
                name: "fd_upload_rows");

            migrationBuilder.DropTable(
                name: "fd_uploads");
        }
    }
}
