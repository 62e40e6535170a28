using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FlowDispatch.EntityFramework.Migrations
{
    /// <inheritdoc />
    internal partial class VariableSources : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "owes_returns",
                table: "fd_executions",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "fd_custom_fields",
                columns: table => new
                {
                    organization_id = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_custom_fields", x => new { x.organization_id, x.name });
                });

            migrationBuilder.CreateIndex(
                name: "IX_fd_executions_owing",
                table: "fd_executions",
                column: "number",
                filter: "owes_returns");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "fd_custom_fields");

            migrationBuilder.DropIndex(
                name: "IX_fd_executions_owing",
                table: "fd_executions");

            migrationBuilder.DropColumn(
                name: "owes_returns",
                table: "fd_executions");
        }
    }
}
